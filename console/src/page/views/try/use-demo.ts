import type { DemoView } from '../../../demo.ts'
import { mayHave } from '../../live.ts'
import { type Resource, useResource } from '../../use-resource.ts'

/** Something may also be broken and repaired from a terminal, ms. */
const everyMs = 3_000

/** The actions that a demo offers, and the parts that are broken on purpose. Nothing while the shop is not a demo. */
export const useDemo = (): Resource<DemoView> =>
  useResource<DemoView>(mayHave('demo') ? '/demo/actions' : undefined, { everyMs })
