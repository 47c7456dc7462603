/** The filters of the address. */
import { navigate, query, withQuery } from '../../location.ts'
import { FilterChip } from '../../parts/filter-chip.tsx'

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
      <FilterChip name="customerId" label="Customer" />
      <FilterChip name="reference" label="Reference" />
      <FilterChip name="idSuffix" label="Id" />
    </div>
  )
}
