/** The records of a result file: a header, then one line for each run. */
import type { Figures } from './figures.ts'

/** A row under a load, in one repeat. */
export interface Run {
  readonly row: string
  readonly load: string
  /** From 1. */
  readonly repeat: number
}

export interface RunResult extends Run {
  readonly type: 'result'
  /** The time at its end, in ISO 8601. */
  readonly at: string
  /** Why the run was not right: then it has no figures. Null if it was. */
  readonly wrong: string | null
  readonly figures: Figures
}

export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGb: number
  readonly system: string
}

export interface Header {
  readonly type: 'header'
  /** In ISO 8601. */
  readonly startedAt: string
  /** The command that a user types. */
  readonly command: string
  /** The arguments, for a run that continues. */
  readonly args: readonly string[]
  /** The commit of the source tree, with `+` if it had changes. */
  readonly commit: string
  readonly machine: Machine
  /** Null for a server that was not used. */
  readonly versions: { readonly node: string; readonly postgres: string | null; readonly rabbitmq: string | null }
}

/** The identity of a run within a result file. */
export const keyOf = ({ row, load, repeat }: Run): string => `${row} ${load} ${repeat}`
