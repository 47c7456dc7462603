/** The settings of the console. */
import { effect, signal } from '@preact/signals'
import type { Settings } from '../server/settings.ts'
import { connection } from './live.ts'

/** Until they are known, `audit` is null. */
type KnownSettings = Omit<Settings, 'audit'> & { readonly audit: boolean | null }

export const settings = signal<KnownSettings>({ tracesUrl: null, demo: false, audit: null })

/** Until an answer the page lacks what the settings add, such as links to traces. */
const readSettings = async (signal: AbortSignal): Promise<void> => {
  const read = await fetch('/settings', { signal })
    .then((answer) => (answer.ok ? answer.json() : null))
    .catch(() => null)
  if (read && !signal.aborted) settings.value = read as Settings // of the same version, which serves the page
}

/**
 * Reads them now, and at each change of the connection, unless it is lost: an attempt may have failed, or the console may have other
 * ones. Returns a function that ends this.
 */
export const followSettings = (): (() => void) =>
  effect(() => {
    const reading = new AbortController()
    if (connection.value.state !== 'lost') void readSettings(reading.signal)
    return () => reading.abort()
  })
