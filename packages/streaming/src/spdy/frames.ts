/** Control frames of SPDY/3.1 (2.6). */
export const frameType = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const;

/** Status codes of RST_STREAM (2.6.3). */
export const resetStatus = { protocolError: 1, invalidStream: 2, refusedStream: 3, cancel: 5 } as const;

/** No more comes from the sender of this frame on its stream. */
export const flagFin = 0x01;

/** Bytes before the body of every frame. */
export const headLength = 8;

/** What the length field can say at most. */
export const maxDataLength = 0xff_ffff;

const version = 0x80_03;

/** The head of a data frame; the payload follows as it is. */
export function dataHead(streamId: number, length: number, fin: boolean): Buffer {
  const head = Buffer.allocUnsafe(headLength);
  head.writeUInt32BE(streamId, 0);
  head.writeUInt32BE(length, 4);
  head[4] = fin ? flagFin : 0;
  return head;
}

function control(type: number, flags: number, body: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headLength + body.length);
  frame.writeUInt16BE(version, 0);
  frame.writeUInt16BE(type, 2);
  frame.writeUInt32BE(body.length, 4);
  frame[4] = flags;
  frame.set(body, headLength);
  return frame;
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

/** Opens a stream; `headerBlock` is compressed. Priority and associated stream, of no use here, are 0. */
export function synStream(streamId: number, headerBlock: Uint8Array, fin: boolean): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt32BE(streamId, 0);
  return control(frameType.synStream, fin ? flagFin : 0, Buffer.concat([head, headerBlock]));
}

export function synReply(streamId: number, headerBlock: Uint8Array): Buffer {
  return control(frameType.synReply, 0, Buffer.concat([numbers(streamId), headerBlock]));
}

export function rstStream(streamId: number, status: number): Buffer {
  return control(frameType.rstStream, 0, numbers(streamId, status));
}

export function ping(id: number): Buffer {
  return control(frameType.ping, 0, numbers(id));
}

export function goAway(lastStreamId: number): Buffer {
  return control(frameType.goAway, 0, numbers(lastStreamId, 0));
}
