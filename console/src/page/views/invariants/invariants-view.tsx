/** The invariants of the shop: whether each holds, and the orders that break it. */
import { useState } from 'preact/hooks'
import type { AuditResult, AuditState, RunningAudit } from '../../api/audit-state.ts'
import { ApiError } from '../../api/client.ts'
import { durationOf, timeOf } from '../../format.ts'
import { Age } from '../../parts/age.tsx'
import { Failure } from '../../parts/failure.tsx'
import { useTitle } from '../../parts/use-title.ts'
import { InvariantItem, TestedInvariants } from './invariant-item.tsx'
import { type Audit, brokenIn } from './use-audit.ts'

export const InvariantsView = ({ audit }: { readonly audit: Audit }) => {
  useTitle('Invariants')
  const { body, error, reload, run } = audit
  if (!body && error?.status === 404) return <NotConnected />
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
      <code>AUDIT</code> is <code>off</code>. Otherwise start <code>npm run audit -- --serve</code> with access to the
      databases, and set <code>AUDIT_URL</code> for the console.
    </p>
  </section>
)

const RunButton = ({ isRunning, run }: { readonly isRunning: boolean; readonly run: Audit['run'] }) => {
  const [failure, setFailure] = useState('')
  const start = async () => {
    setFailure('')
    await run().catch((error: unknown) => setFailure(error instanceof ApiError ? error.message : String(error)))
  }
  return (
    <>
      {failure && <p role="alert">{failure}</p>}
      <button type="button" disabled={isRunning} onClick={() => void start()}>
        Run the audit now
      </button>
    </>
  )
}

const State = ({ state: { running, result, failure } }: { readonly state: AuditState }) => (
  <>
    <div role="status" class="audit-status">
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
  const broken = brokenIn({ result, running: null, failure: null })
  const { length } = result.invariants
  return (
    <p>
      <strong class={broken > 0 ? 'alarming' : 'holds'}>
        {broken > 0 ? `${broken} of ${length} invariants broken.` : `All ${length} invariants hold.`}
      </strong>{' '}
      <span class="faint">
        Checked <Age time={result.endedAt} /> ago, in {durationOf(result.tookMs)}.
      </span>
    </p>
  )
}

/** The parts are only known when the first of them has been read. */
const RunningNow = ({ running: { step, done, of } }: { readonly running: RunningAudit }) => (
  <div class="audit-progress">
    <progress aria-label="Progress of the audit" {...(step === 'examining' && of > 0 && { value: done, max: of })} />
    <span class="faint">
      {step === 'examining'
        ? 'The audit reads the databases of all services.'
        : 'The audit examines suspected violations again, because messages may be in transit.'}
    </span>
  </div>
)
