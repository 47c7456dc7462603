/** The in-process broker passes the conformance suite. */
import { conformance, harnessOf } from '../src/conformance/index.ts'
import { inProcessBroker } from '../src/index.ts'
import { type MemoryRetryStore, memoryRetryStore } from './memory-retry-store.ts'

conformance('in-process broker', async () => {
  const stores = new Map<string, MemoryRetryStore>()
  const storeOf = (service: string) => {
    const store = stores.get(service) ?? memoryRetryStore()
    stores.set(service, store)
    return store
  }
  const onError = (error: unknown) => {
    throw error
  }
  return harnessOf(inProcessBroker({ onError, pollMs: 10 }), storeOf)
})
