/** The actions that a demo offers, and the parts that are broken on purpose. */
import { computed, effect, signal } from '@preact/signals'
import type { DemoOutcome, DemoView } from '../demo.ts'
import { type ApiError, post } from './api/client.ts'
import { mayHave } from './live.ts'
import { createReader } from './reader.ts'

const answer = signal<DemoView | undefined>(undefined)

/** The last answer of the demo control. Undefined before the first one, and while the shop is not a demo. */
export const demo = computed(() => (mayHave('demo') ? answer.value : undefined))

/** Set while the demo control does not answer. */
export const demoError = signal<ApiError | undefined>(undefined)

/** Something may also be broken and repaired from a terminal, ms. */
const everyMs = 3_000

const reader = createReader<DemoView>('/demo/actions', {
  isPaused: () => false,
  onBody: (view) => {
    answer.value = view
    demoError.value = undefined
  },
  onError: (error) => {
    demoError.value = error
  },
})

export const reloadDemo = reader.soon

/** Reads the state again and again while the shop is a demo. Returns a function that ends this. */
export const followDemo = (): (() => void) =>
  effect(() => {
    if (!mayHave('demo')) return undefined
    const timer = setInterval(reader.soon, everyMs)
    reader.soon()
    return () => clearInterval(timer)
  })

/** Does an action. @throws {ApiError} */
export const act = async (id: string): Promise<DemoOutcome> => {
  try {
    return await post<DemoOutcome>(`/demo/actions/${id}`, {})
  } finally {
    reader.soon()
  }
}
