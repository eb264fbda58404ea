// A network between a page and the server: as slow as wanted, in both directions, WebSockets too.

import { connect, createServer } from 'node:net';

export class Pipe {
  /** `port`: the server's. */
  static async start(port) {
    const pipe = new Pipe();
    pipe.latency_ms = 0;
    pipe.bytesPerSecond = Infinity;
    pipe.sockets = new Set();
    pipe.listener = createServer((near) => pipe.join(near, connect(port, '127.0.0.1')));
    await new Promise((resolve) => pipe.listener.listen(0, '127.0.0.1', resolve));
    return pipe;
  }

  get url() {
    return `http://127.0.0.1:${this.listener.address().port}`;
  }

  join(near, far) {
    for (const [from, to] of [[near, far], [far, near]]) {
      this.sockets.add(from);
      let free = 0; // when the line has sent what was given to it
      let order = Promise.resolve();
      const pass = (act, bytes) => {
        free = Math.max(free, performance.now()) + (bytes / this.bytesPerSecond) * 1000;
        const due = free + this.latency_ms;
        order = order
          .then(() => new Promise((done) => setTimeout(done, Math.max(0, due - performance.now()))))
          .then(() => !to.destroyed && act());
      };
      from.on('data', (data) => pass(() => to.write(data), data.length));
      from.on('end', () => pass(() => to.end(), 0));
      from.on('error', () => to.destroy());
      from.on('close', () => this.sockets.delete(from));
    }
  }

  stop() {
    this.listener.close();
    for (const socket of this.sockets) socket.destroy();
  }
}
