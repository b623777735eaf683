from . import bookings as bookings, security as security, tail as tail
