/**
 * The parts of the shell for a server that is not a service: its variables, the check of trust, the headers of its responses, the
 * listener, and its exit. They need neither Postgres nor a broker nor tracing, and a third less memory.
 */
export { asksForHelp } from './config/asks-for-help.ts'
export { helpFor } from './config/help.ts'
export { integer } from './config/integer.ts'
export { nearMisses } from './config/near-miss.ts'
export { ConfigError, readConfig } from './config/read-config.ts'
export { protectiveHeaders } from './http/protective-headers.ts'
export { listen, type RequestListener } from './http/server.ts'
export { createTrustCheck } from './http/trust.ts'
export { isLoopback, listenConfig } from './http/variables.ts'
export { exit, exitNow } from './runtime/exit.ts'
export { drainStandardOutput, logTo, openStandardOutput } from './telemetry/standard-output.ts'
