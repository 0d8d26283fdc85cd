// Takes the lab down: processes, mounts, loop devices and its directory. The image cache stays.
import { takeDown } from './take-down.js';

await takeDown();
console.log('lab is down');
