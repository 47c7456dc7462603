/** The settings of the console, which its live stream brings at each connection. */
import { signal } from '@preact/signals'
import type { Settings } from '../server/settings.ts'

/** Null until they are known. Until then the page has no links to traces. */
type KnownSettings = { readonly [Name in keyof Settings]: Settings[Name] | null }

export const settings = signal<KnownSettings>({ tracesUrl: null, demo: null, audit: null })
