/** The state that both the bar and the views show. The bar reads it once for all of them. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { DemoView } from '../demo.ts'
import type { ListedOrderPage } from './api/types.ts'
import type { Resource } from './use-resource.ts'
import type { DeadLetterGroups } from './views/dead-letters/use-dead-letter-groups.ts'
import type { Audit } from './views/invariants/use-audit.ts'

export interface Shared {
  readonly stuck: Resource<ListedOrderPage>
  readonly audit: Audit
  readonly deadLetters: DeadLetterGroups
  readonly demo: Resource<DemoView>
}

const context = createContext<Shared | undefined>(undefined)

export const SharedProvider = context.Provider

export const useShared = (): Shared => {
  const shared = useContext(context)
  if (!shared) throw new Error('The component is not inside of a SharedProvider.')
  return shared
}
