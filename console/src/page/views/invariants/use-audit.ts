/** The state of the audit. It runs now and then while a page of the console is visible, and more often while it is shown. */
import { useEffect } from 'preact/hooks'
import type { AuditState } from '../../../audit-state.ts'
import { post } from '../../api/client.ts'
import { mayHave } from '../../live.ts'
import { type Resource, useResource } from '../../use-resource.ts'

const path = '/audit/audit'

/** How old the result may become before the audit runs again, s: while it is shown, or something was broken; and otherwise. */
const oldestUrgentS = 30
const oldestS = 300
/** While it is not shown, no run follows one that took longer than this, ms: 10 s for suspected violations, and 20 s of reading. */
const longestUnshownMs = 30_000
/** How often the state is read, ms. */
const readShownMs = 1_000
const readUnshownMs = 10_000
/** How often the page asks for a run that is due, ms. */
const askMs = 10_000

export interface Audit extends Resource<AuditState> {
  /** Starts a run. @throws {ApiError} */
  readonly run: () => Promise<void>
}

export const useAudit = (isShown: boolean): Audit => {
  const everyMs = isShown ? readShownMs : readUnshownMs
  const resource = useResource<AuditState>(mayHave('audit') ? path : undefined, { everyMs })
  const { reload, error, body } = resource
  const isDue = body !== undefined && error === undefined && (isShown || mayRunUnshown(body))
  const olderThanSeconds = isShown || brokenIn(body) > 0 ? oldestUrgentS : oldestS
  useEffect(() => {
    if (!isDue) return undefined
    const ask = () => {
      if (document.hidden) return
      const asked = post(`${path}?olderThanSeconds=${olderThanSeconds}`, {})
      void asked.then(reload, () => undefined) // reading the state reports the error
    }
    ask()
    const timer = setInterval(ask, askMs)
    return () => clearInterval(timer)
  }, [olderThanSeconds, isDue])
  const run = async () => {
    await post(path, {})
    reload()
  }
  return { ...resource, run }
}

/** Whether a run may follow while the audit is not shown: the last success and the last failure were short. */
export const mayRunUnshown = ({ failure, result }: AuditState): boolean =>
  Math.max(failure?.tookMs ?? 0, result?.tookMs ?? 0) <= longestUnshownMs

/** The number of invariants that the last run found broken. */
export const brokenIn = (state: AuditState | undefined): number =>
  state?.result?.invariants.filter(({ ok }) => !ok).length ?? 0
