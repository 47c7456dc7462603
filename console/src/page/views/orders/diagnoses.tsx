/** Why an order is stuck: the message that blocks it, and where that is. */
import type { Diagnosis } from '../../api/types.ts'
import { wordsOf } from '../../format.ts'

export const Diagnoses = ({ diagnoses }: { readonly diagnoses: readonly Diagnosis[] }) => (
  <ul class="where">
    {diagnoses.map(({ owedBy, missing, where, remedy }) => (
      <li key={owedBy} class={remedy === null ? '' : 'alarming'} title={where.error ?? undefined}>
        <strong>{owedBy}</strong> owes {missing.join(' or ')}: {where.type ?? 'the message'} is in{' '}
        {wordsOf(where.place)} of {where.service}
      </li>
    ))}
  </ul>
)
