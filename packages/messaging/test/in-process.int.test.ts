/** The in-process broker passes the conformance suite. */
import { conformance, harnessOf, StoreUnavailable } from '../conformance/index.ts'
import { inProcessBroker } from '../src/index.ts'

const onError = (error: unknown) => {
  if (!(error instanceof StoreUnavailable)) throw error
}

conformance('in-process broker', async () => harnessOf(inProcessBroker({ onError, pollMs: 10 })))
