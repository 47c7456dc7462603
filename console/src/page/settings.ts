/** The settings of the console. */
import { effect, signal } from '@preact/signals'
import type { Settings } from '../server/settings.ts'
import { connection } from './live.ts'
import { pause } from './pause.ts'

/** Null until they are known. */
type KnownSettings = { readonly [Name in keyof Settings]: Settings[Name] | null }

export const settings = signal<KnownSettings>({ tracesUrl: null, demo: null, audit: null })

/** The pause after an attempt that has failed, ms. */
const againAfterMs = 3_000

/** Until an answer the page lacks what the settings add, such as links to traces. */
const readSettings = async (signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    const read = await fetch('/settings', { signal })
      .then((answer) => (answer.ok ? answer.json() : null))
      .catch(() => null)
    if (signal.aborted) return
    if (read) {
      settings.value = read as Settings // as the console defines it
      return
    }
    await pause(againAfterMs, signal)
  }
}

/**
 * Reads them now, and at each change of the connection, unless it is lost, because the console may have other ones then. Returns a
 * function that ends this.
 */
export const followSettings = (): (() => void) =>
  effect(() => {
    const reading = new AbortController()
    if (connection.value.state !== 'lost') void readSettings(reading.signal)
    return () => reading.abort()
  })
