/** Links to the dead letters of an order: all of them, because the others block it as soon as the first is replayed. */
import { useShared } from '../../shared.ts'
import type { BlockingLetter } from '../../shop/blocking-letters.ts'
import { groupOf } from './group-of-letters.ts'

export const LetterLinks = ({ letters }: { readonly letters: readonly BlockingLetter[] }) => {
  const byId = [...new Map(letters.map((letter) => [letter.id, letter])).values()]
  return (
    <div class="actions">
      {[...Map.groupBy(byId, ({ service }) => service)].map(([service, alike], index) => (
        <OfService key={service} service={service} letters={alike} isFirst={index === 0} />
      ))}
    </div>
  )
}

interface OfServiceProps {
  readonly service: string
  readonly letters: readonly BlockingLetter[]
  readonly isFirst: boolean
}

/** One link to the group of several with one cause, where they can be replayed at once. */
const OfService = ({ service, letters, isFirst }: OfServiceProps) => {
  const { groups } = useShared().deadLetters
  const ofService = groups.filter((group) => group.service === service)
  const group = letters.length > 1 ? groupOf(letters, ofService) : undefined
  if (group)
    return (
      <a class={classOf(isFirst)} href={group.address}>
        Open its {letters.length} dead letters
        {group.count > letters.length && `, and ${group.count - letters.length} more with the same cause`}
      </a>
    )
  return letters.map(({ id, type }, index) => (
    <a key={id} class={classOf(isFirst && index === 0)} href={`/dead-letters/${service}/${id}`}>
      Open the dead letter{letters.length > 1 && ` ${type}`}
    </a>
  ))
}

const classOf = (isPrimary: boolean): string => (isPrimary ? 'button primary' : 'button')
