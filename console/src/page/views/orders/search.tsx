/** Finds an order by its id, or orders by their reference or customer. */
import { useState } from 'preact/hooks'
import { navigate } from '../../location.ts'
import { findOrders } from './find-orders.ts'

export const Search = () => {
  const [message, setMessage] = useState('')
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const field = event.currentTarget instanceof HTMLFormElement ? event.currentTarget.elements.namedItem('text') : null
    const text = field instanceof HTMLInputElement ? field.value.trim() : ''
    if (text === '') return
    setMessage('Searching…')
    const found = await findOrders(text)
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
          maxLength={100}
          autocomplete="off"
        />
        <button type="submit">Search</button>
        <p role="status">{message}</p>
      </form>
    </search>
  )
}
