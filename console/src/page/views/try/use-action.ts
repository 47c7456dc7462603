import { useState } from 'preact/hooks'
import type { DemoOutcome } from '../../../demo.ts'
import { textOf } from '../../api/client.ts'
import { act } from '../../demo.ts'

export type ActionState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly outcome: DemoOutcome }
  | { readonly kind: 'failed'; readonly reason: string }

/** Does an action, and keeps its outcome. */
export const useAction = (id: string): { readonly state: ActionState; readonly run: () => Promise<void> } => {
  const [state, setState] = useState<ActionState>({ kind: 'idle' })
  const run = async () => {
    setState({ kind: 'running' })
    try {
      setState({ kind: 'done', outcome: await act(id) })
    } catch (error) {
      setState({ kind: 'failed', reason: textOf(error) })
    }
  }
  return { state, run }
}
