/** Prints what runs, how much is left, and when it will probably end. */

export interface Progress {
  /** A session begins. */
  begin(name: string): void
  /** A part of the present session has ended. */
  report(text: string): void
  /** The present session is over. */
  end(): void
}

export interface Work {
  readonly sessions: number
  readonly print: (line: string) => void
  /** The present time, ms. */
  readonly now: () => number
}

export const trackProgress = ({ sessions, print, now }: Work): Progress => {
  const begun = now()
  let done = 0
  return {
    begin: (name) => {
      const left = done === 0 ? '' : `, about ${duration(((now() - begun) / done) * (sessions - done))} left`
      print(`[${done + 1}/${sessions}] ${name}${left}`)
    },
    report: (text) => print(`  ${text}`),
    end: () => {
      done += 1
    },
  }
}

const duration = (ms: number): string => (ms < 90_000 ? `${Math.ceil(ms / 1_000)} s` : `${Math.ceil(ms / 60_000)} min`)
