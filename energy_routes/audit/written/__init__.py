"""What is written beside the tables: the summary, the answer, the certificate, the layers, and the folder itself."""
