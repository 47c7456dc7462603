/** Finds an order by its id, or orders by their reference or customer. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { navigate } from '../../location.ts'
import { findOrders } from './find-orders.ts'

export const Search = () => {
  const [message, setMessage] = useState('')
  const searching = useRef<AbortController>(undefined)
  useEffect(() => () => searching.current?.abort(), []) // a late answer must not leave another view
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const field = event.currentTarget instanceof HTMLFormElement ? event.currentTarget.elements.namedItem('text') : null
    const text = field instanceof HTMLInputElement ? field.value : ''
    if (text.trim() === '') return
    setMessage('Searching…')
    searching.current?.abort()
    searching.current = new AbortController()
    const { signal } = searching.current
    const found = await findOrders(text, signal)
    if (signal.aborted) return
    setMessage('message' in found ? found.message : '')
    if ('address' in found) navigate(found.address)
  }
  return (
    <search>
      <form class="search" onSubmit={(event) => void submit(event)}>
        <label class="visually-hidden" for="search">
          Order id, reference or customer
        </label>
        <input
          id="search"
          name="text"
          type="search"
          placeholder="Order id, reference or customer"
          maxLength={1_000}
          autocomplete="off"
        />
        <button type="submit">Search</button>
        <p role="status">{message}</p>
      </form>
    </search>
  )
}
