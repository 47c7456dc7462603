/** Links to the dead letters of an order: all of them, because the others block it as soon as the first is replayed. */
import type { BlockingLetter } from '../../shop/blocking-letters.ts'

export const LetterLinks = ({ letters }: { readonly letters: readonly BlockingLetter[] }) => {
  const byId = new Map(letters.map((letter) => [letter.id, letter]))
  return (
    <div class="actions">
      {[...byId.values()].map(({ service, id, type }, index) => (
        <a key={id} class={index === 0 ? 'button primary' : 'button'} href={`/dead-letters/${service}/${id}`}>
          Open the dead letter{byId.size > 1 && ` ${type} of ${service}`}
        </a>
      ))}
    </div>
  )
}
