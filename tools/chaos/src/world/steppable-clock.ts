/**
 * Loaded into a service before its own code: SIGUSR2 moves its clock by CLOCK_STEP_MS, and SIGURG moves it back.
 * `performance.now()` and timers are not affected, as with a real change of the machine's clock.
 */
const stepMs = Number(process.env['CLOCK_STEP_MS'])
const TrueDate = Date
let offsetMs = 0

class SteppedDate extends TrueDate {
  constructor(...args: ConstructorParameters<typeof Date> | []) {
    if (args.length === 0) super(SteppedDate.now())
    else super(...args)
  }

  static override now(): number {
    return TrueDate.now() + offsetMs
  }
}

globalThis.Date = SteppedDate as DateConstructor
process.on('SIGUSR2', () => {
  offsetMs = stepMs
})
process.on('SIGURG', () => {
  offsetMs = 0
})
