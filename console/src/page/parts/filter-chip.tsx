import { query, withQuery } from '../location.ts'

/** A filter of the address that a link or a search has set, and that can be removed. */
export const FilterChip = ({ name, label }: { readonly name: string; readonly label: string }) => {
  const value = query.value.get(name)
  if (!value) return null
  return (
    <a
      class="button chip"
      href={withQuery({ [name]: null, cursor: null })}
      aria-label={`Remove the filter ${label} ${value}`}
    >
      {label} <strong>{value}</strong> <span aria-hidden="true">×</span>
    </a>
  )
}
