/** Why an order is stuck: the message that blocks it, and where that is. */
import type { Diagnosis } from '../../api/types.ts'
import { eventsOf, whereOf } from '../../shop/sentence.ts'

export const Diagnoses = ({ diagnoses }: { readonly diagnoses: readonly Diagnosis[] }) => (
  <ul class="where">
    {diagnoses.map((diagnosis) => (
      <li key={diagnosis.owedBy} class={diagnosis.remedy === null ? '' : 'alarming'}>
        An answer from <strong>{diagnosis.owedBy}</strong>: {eventsOf(diagnosis)}. {whereOf(diagnosis)}
      </li>
    ))}
  </ul>
)
