/** The variables of the console that concern the page. */
import type { Config } from './config.ts'

export interface Settings {
  /** The address of a trace, with `{traceId}` in it. Null if there is none. */
  readonly tracesUrl: string | null
}

export const settingsIn = ({ TRACES_URL }: Pick<Config, 'TRACES_URL'>): Settings => ({ tracesUrl: TRACES_URL ?? null })
