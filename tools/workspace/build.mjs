// `npm run build`: installs what is needed and builds every package. Works on a bare clone with Node ≥ 20 and npm.
import { buildPackages, installDependencies } from "./run.mjs";

await installDependencies();
process.exitCode = await buildPackages();
