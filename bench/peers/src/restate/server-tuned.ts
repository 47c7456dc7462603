/**
 * The Restate server with one partition in place of 24, of which each works separately: a single node has no use for more
 * (https://github.com/restatedev/restate/issues/5305). README.md lists what else was tried.
 */
import { startServer } from './start-server.ts'

await startServer({ RESTATE_DEFAULT_NUM_PARTITIONS: '1' })
