/** The settings of the console. */
import { effect, signal } from '@preact/signals'
import type { Settings } from '../server/settings.ts'
import { connection } from './live.ts'

/** Until they are known, `audit` is null. */
type KnownSettings = Omit<Settings, 'audit'> & { readonly audit: boolean | null }

export const settings = signal<KnownSettings>({ tracesUrl: null, demo: false, audit: null })

/** Until an answer the page lacks what the settings add, such as links to traces. */
const readSettings = async (): Promise<void> => {
  const answer = await fetch('/settings').catch(() => null)
  if (answer?.ok) settings.value = (await answer.json()) as Settings // of the same version, which serves the page
}

/**
 * Reads them now, and whenever the page is connected again, because an attempt may have failed, or the console may have other ones.
 * Returns a function that ends this.
 */
export const followSettings = (): (() => void) =>
  effect(() => {
    if (connection.value.state !== 'lost') void readSettings()
  })
