/** A link to the dead letters of an order. After a replay, the page of the first one leads to the others. */
import type { BlockingLetter } from '../../shop/blocking-letters.ts'

export const LetterLinks = ({ letters }: { readonly letters: readonly BlockingLetter[] }) => {
  const [first] = letters
  if (!first) return null
  const count = new Set(letters.map(({ id }) => id)).size
  return (
    <div class="actions">
      <a class="button primary" href={`/dead-letters/${first.service}/${first.id}`}>
        Open the {count > 1 ? `first of its ${count} dead letters` : 'dead letter'}
      </a>
    </div>
  )
}
