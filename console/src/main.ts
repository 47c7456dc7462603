/** The console as a process: `node run.mjs console/src/main.ts`. `--help` lists its variables. */
import { runConsole } from './server/process.ts'

await runConsole()
