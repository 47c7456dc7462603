/** The dead letters of a queue, by groups. */
import type { DeadLetterGroupPage, QueueState } from '../../../api/types.ts'
import { reasonOf } from '../../../format.ts'
import { Failure } from '../../../parts/failure.tsx'
import { useResource } from '../../../use-resource.ts'
import { mergeGroups } from '../../dead-letters/merge-groups.ts'

const pollMs = 3_000

interface QueueLettersProps {
  readonly service: string
  readonly queue: QueueState
}

export const QueueLetters = ({ service, queue: { name } }: QueueLettersProps) => {
  const { body, error, reload } = useResource<DeadLetterGroupPage>(
    `/${service}/dead-letters/groups?queue=${encodeURIComponent(name)}`,
    { everyMs: pollMs },
  )
  return (
    <section>
      <h2>Dead letters</h2>
      {error && <Failure what="The dead letters" error={error} retry={reload} />}
      {body?.items.length === 0 && <p class="faint">It has no dead letters.</p>}
      <ul>
        {mergeGroups(service, body?.items ?? []).map(({ address, count, types, reason }) => (
          <li key={address}>
            <a href={address}>
              {count} {types.map((type) => type || 'unknown').join(', ')}, {reasonOf(reason)}
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}
