import { answers } from "./program.mjs";

console.log(answers);
