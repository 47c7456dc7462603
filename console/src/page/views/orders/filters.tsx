/** The filters of the address. */
import { navigate, query, withQuery } from '../../location.ts'

const statuses = ['placed', 'paid', 'fulfilled', 'cancelled'] as const

export const Filters = () => {
  const search = query.value
  const status = search.get('status') ?? (search.has('stuck') ? 'stuck' : '')
  const choose = (chosen: string) =>
    navigate(
      withQuery({
        status: chosen === 'stuck' ? null : chosen,
        stuck: chosen === 'stuck' ? 'true' : null,
        cursor: null,
      }),
    )
  return (
    <div class="filters">
      <label>
        <span class="visually-hidden">Status</span>
        <select value={status} onChange={(event) => choose(event.currentTarget.value)}>
          <option value="">All orders</option>
          {statuses.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
          <option value="stuck">stuck</option>
        </select>
      </label>
      <Removable name="customerId" label="Customer" />
      <Removable name="reference" label="Reference" />
      <Removable name="idSuffix" label="Id" />
    </div>
  )
}

/** A filter that the search has set. */
const Removable = ({ name, label }: { readonly name: string; readonly label: string }) => {
  const value = query.value.get(name)
  if (!value) return null
  return (
    <a class="chip" href={withQuery({ [name]: null, cursor: null })} aria-label={`Remove the filter ${label} ${value}`}>
      {label} <strong>{value}</strong> <span aria-hidden="true">×</span>
    </a>
  )
}
