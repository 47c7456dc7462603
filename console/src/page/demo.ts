/** The actions that a demo offers, and the parts that are broken on purpose. */
import { effect, signal } from '@preact/signals'
import type { DemoOutcome, DemoView } from '../demo.ts'
import { type ApiError, post } from './api/client.ts'
import { createReader } from './reader.ts'
import { settings } from './settings.ts'

/** The last answer of the demo control. Undefined before the first one, and if there is no control. */
export const demo = signal<DemoView | undefined>(undefined)

/** Set while the demo control does not answer. */
export const demoError = signal<ApiError | undefined>(undefined)

/** Something may also be broken and repaired from a terminal, ms. */
const everyMs = 3_000

const reader = createReader<DemoView>('/demo/actions', {
  isPaused: () => false,
  onBody: (view) => {
    demo.value = view
    demoError.value = undefined
  },
  onError: (error) => {
    demoError.value = error
  },
})

export const reloadDemo = reader.soon

/** Reads the state again and again, if the shop is a demo. */
export const followDemo = (): void => {
  let timer: ReturnType<typeof setInterval> | undefined
  effect(() => {
    if (!settings.value.demo || timer !== undefined) return
    timer = setInterval(reader.soon, everyMs)
    reader.soon()
  })
}

/** Does an action. @throws {ApiError} */
export const act = async (id: string): Promise<DemoOutcome> => {
  try {
    return await post<DemoOutcome>(`/demo/actions/${id}`, {})
  } finally {
    reader.soon()
  }
}
