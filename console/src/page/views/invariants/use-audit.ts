/** The state of the audit. It runs now and then while a page of the console is visible, and more often while it is shown. */
import { useEffect, useState } from 'preact/hooks'
import type { AuditState } from '../../api/audit-state.ts'
import { post } from '../../api/client.ts'
import { type Resource, useResource } from '../../use-resource.ts'

const path = '/audit/audit'

/** How old the result may become before the audit runs again, s. A run costs the shop the time of some of its processors. */
const oldestShownS = 30
const oldestUnshownS = 300
/** How often the state is read, ms. */
const readShownMs = 1_000
const readUnshownMs = 10_000
/** The same of a console without an audit. */
const readMissingMs = 3_600_000
/** How often the page asks for a run that is due, ms. */
const askMs = 10_000

export interface Audit extends Resource<AuditState> {
  /** Starts a run. @throws {ApiError} */
  readonly run: () => Promise<void>
}

export const useAudit = (isShown: boolean): Audit => {
  const [isMissing, setMissing] = useState(false)
  const everyMs = isMissing ? readMissingMs : isShown ? readShownMs : readUnshownMs
  const resource = useResource<AuditState>(path, { isConcerned: () => false, everyMs })
  const { reload, error } = resource
  const isConnected = error === undefined
  useEffect(() => setMissing(error?.status === 404), [error?.status])
  useEffect(() => {
    if (!isConnected) return undefined
    const ask = () => {
      if (document.hidden) return
      const olderThanSeconds = isShown ? oldestShownS : oldestUnshownS
      const asked = post(`${path}?olderThanSeconds=${olderThanSeconds}`, {})
      void asked.then(reload, () => undefined) // reading the state reports the error
    }
    ask()
    const timer = setInterval(ask, askMs)
    return () => clearInterval(timer)
  }, [isShown, isConnected])
  const run = async () => {
    await post(path, {})
    reload()
  }
  return { ...resource, run }
}

/** The number of invariants that the last run found broken. */
export const brokenIn = (state: AuditState | undefined): number =>
  state?.result?.invariants.filter(({ ok }) => !ok).length ?? 0
