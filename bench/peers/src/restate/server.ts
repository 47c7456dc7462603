/** The Restate server in its default configuration. */
import { startServer } from './start-server.ts'

await startServer({})
