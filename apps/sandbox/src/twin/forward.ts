/** Headers that are of one connection only (RFC 9110, 7.6.1), or that fetch sets itself. */
const ofConnection = [
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

const without = (headers: Headers): Headers => {
  const kept = new Headers(headers)
  for (const name of ofConnection) kept.delete(name)
  return kept
}

/** Hands a request on to another server, and gives back its answer, complete. */
export const forwardTo =
  (origin: string) =>
  async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url)
    const sent = request.method === 'GET' || request.method === 'HEAD' ? null : await request.arrayBuffer()
    const response = await fetch(`${origin}${pathname}${search}`, {
      method: request.method,
      headers: without(request.headers),
      body: sent === null || sent.byteLength === 0 ? null : sent,
      redirect: 'manual',
    })
    const body = await response.arrayBuffer()
    return new Response(body.byteLength === 0 ? null : body, {
      status: response.status,
      headers: without(response.headers),
    })
  }
