/** The in-process broker passes the conformance suite. */
import { conformance, harnessOf, StoreAway } from '../conformance/index.ts'
import { inProcessBroker } from '../src/index.ts'

const onError = (error: unknown) => {
  if (!(error instanceof StoreAway)) throw error
}

conformance('in-process broker', async () => harnessOf(inProcessBroker({ onError, pollMs: 10 })))
