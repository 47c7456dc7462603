/** The variables of the console that concern the page. */
import type { Config } from './config.ts'

export interface Settings {
  /** The address of a trace, with `{traceId}` in it. Null without TRACES_URL. */
  readonly tracesUrl: string | null
  /** Whether the shop is a demo, which may be broken from the console. */
  readonly demo: boolean
  /** Whether it has an audit, which the page then reads. */
  readonly audit: boolean
}

export const settingsIn = ({
  TRACES_URL,
  DEMO_URL,
  AUDIT_URL,
}: Pick<Config, 'TRACES_URL' | 'DEMO_URL' | 'AUDIT_URL'>): Settings => ({
  tracesUrl: TRACES_URL ?? null,
  demo: DEMO_URL !== undefined,
  audit: AUDIT_URL !== undefined,
})
