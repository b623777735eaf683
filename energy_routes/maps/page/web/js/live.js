/** The page that solves: the page, and the levers that it follows. */

import { startLevers } from "./levers.js";
import { follow } from "./main.js";

startLevers(follow);
