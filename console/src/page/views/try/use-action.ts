import { useState } from 'preact/hooks'
import type { DemoOutcome } from '../../../demo.ts'
import { post, textOf } from '../../api/client.ts'
import { useShared } from '../../shared.ts'

export type ActionState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly outcome: DemoOutcome }
  | { readonly kind: 'failed'; readonly reason: string }

/** A function that does an action, and throws an `ApiError` if that fails. */
export const useAct = (): ((id: string) => Promise<DemoOutcome>) => {
  const { reload } = useShared().demo
  return (id) => post<DemoOutcome>(`/demo/actions/${id}`, {}).finally(reload)
}

/** Does an action, and keeps its outcome. */
export const useAction = (id: string): { readonly state: ActionState; readonly run: () => Promise<void> } => {
  const [state, setState] = useState<ActionState>({ kind: 'idle' })
  const act = useAct()
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
