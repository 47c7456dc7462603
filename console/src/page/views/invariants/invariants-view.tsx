/** The invariants of the shop: whether each holds, and the orders that break it. */
import { useState } from 'preact/hooks'
import type { AuditResult, AuditState, InvariantResult, RunningAudit } from '../../api/audit-state.ts'
import { ApiError } from '../../api/client.ts'
import { durationOf, timeOf } from '../../format.ts'
import { Age } from '../../parts/age.tsx'
import { Failure } from '../../parts/failure.tsx'
import { useTitle } from '../../parts/use-title.ts'
import { settings } from '../../settings.ts'
import { InvariantItem, TestedInvariants } from './invariant-item.tsx'
import type { Audit } from './use-audit.ts'

export const InvariantsView = ({ audit }: { readonly audit: Audit }) => {
  useTitle('Invariants')
  const { body, error, reload, run } = audit
  if (settings.value.audit === false) return <NotConnected />
  return (
    <>
      <div class="invariants-title">
        <h1>Invariants</h1>
        {body && <RunButton isRunning={body.running !== null} run={run} />}
      </div>
      {error && <Failure what="The invariants" error={error} retry={reload} />}
      {!body && !error && <p class="loading">Loading…</p>}
      {body && <State state={body} />}
    </>
  )
}

const NotConnected = () => (
  <section class="notice">
    <h1>The audit is not connected</h1>
    <p>
      It checks that every order ends, and that money, stock and messages add up. <code>npm start</code> runs it, unless{' '}
      <code>AUDIT</code> is <code>off</code>. Compose does not run it. A console of your own shows it if{' '}
      <code>npm run audit -- --serve</code> runs on the same machine with access to the databases, and{' '}
      <code>AUDIT_URL</code> is set for the console. A console in a container can’t reach it, because it listens on the
      loopback.
    </p>
    <p>
      <code>npm run audit</code> prints the same in a terminal.
    </p>
  </section>
)

const RunButton = ({ isRunning, run }: { readonly isRunning: boolean; readonly run: Audit['run'] }) => {
  const [failure, setFailure] = useState('')
  const start = async () => {
    if (isRunning) return
    setFailure('')
    await run().catch((error: unknown) => setFailure(error instanceof ApiError ? error.message : String(error)))
  }
  return (
    <>
      {failure && <p role="alert">{failure}</p>}
      <button type="button" aria-disabled={isRunning} onClick={() => void start()}>
        Run the audit now
      </button>
    </>
  )
}

const State = ({ state: { running, result, failure } }: { readonly state: AuditState }) => (
  <>
    <div class="audit-status">
      {result && <Summary result={result} />}
      {!result && !running && <p>The audit has not run yet.</p>}
    </div>
    {running && <RunningNow running={running} />}
    {failure && (
      <p class="missing failing" role="alert">
        The audit of {timeOf(failure.at)} has no result. {failure.reason}
      </p>
    )}
    {result && (
      <ul class="invariants panel">
        {result.invariants.map((invariant) => (
          <InvariantItem key={invariant.invariant} result={invariant} />
        ))}
        <TestedInvariants />
      </ul>
    )}
  </>
)

const Summary = ({ result }: { readonly result: AuditResult }) => {
  const { invariants } = result
  const broken = invariants.filter(({ ok }) => !ok)
  const unsure = invariants.filter(({ ok, notChecked }) => ok && notChecked !== null)
  const tone = broken.length > 0 ? 'alarming' : unsure.length > 0 ? '' : 'holds'
  return (
    <p>
      <strong role="status" class={tone}>
        {broken.length > 0
          ? `${broken.length} of ${invariants.length} invariants broken.`
          : `All ${invariants.length} invariants hold${unsure.length > 0 ? `, except for parts of ${namesOf(unsure)} that were not checked` : ''}.`}
      </strong>{' '}
      <span class="faint">
        Checked <Age time={result.endedAt} /> ago, in {durationOf(result.tookMs)}.
      </span>
    </p>
  )
}

const namesOf = (invariants: readonly InvariantResult[]): string =>
  invariants.map(({ invariant }) => invariant).join(', ')

/** The parts are only known when the first of them has been read. */
const RunningNow = ({ running: { step, done, of } }: { readonly running: RunningAudit }) => (
  <div class="audit-progress">
    <progress aria-label="Progress of the audit" {...(step === 'examining' && of > 0 && { value: done, max: of })} />
    <span class="faint">
      {step === 'examining'
        ? 'The audit reads the databases of all services.'
        : 'The audit examines some or all orders again, because messages may be in transit.'}
    </span>
  </div>
)
