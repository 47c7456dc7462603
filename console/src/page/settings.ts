/** The settings of the console, which the page reads once. */
import { signal } from '@preact/signals'
import type { Settings } from '../server/settings.ts'

/** Until they are known, `audit` is null. */
type KnownSettings = Omit<Settings, 'audit'> & { readonly audit: boolean | null }

export const settings = signal<KnownSettings>({ tracesUrl: null, demo: false, audit: null })

/** Without an answer the page lacks what the settings add, such as links to traces. */
export const readSettings = async (): Promise<void> => {
  const answer = await fetch('/settings').catch(() => null)
  if (answer?.ok) settings.value = (await answer.json()) as Settings // of the same version, which serves the page
}
