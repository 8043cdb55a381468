import type { FrameSocket } from '../../../sockets/frame-socket.ts'

/**
 * Carries frames from one socket to another, at the pace of the slower.
 *
 * @param read What goes on in a frame's place; undefined where none does.
 */
export function bridge(from: FrameSocket, to: FrameSocket, read: (text: string) => string | undefined): void {
  from.onText((text) => {
    const forwarded = read(text)
    if (forwarded === undefined || to.send(forwarded)) return
    from.pause()
    to.onDrain(from.resume)
  })
}
