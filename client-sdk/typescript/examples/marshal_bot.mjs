// A marshal bot: follows its marshal feed, acknowledges orders, and checks in when it is expected to.
//     node marshal_bot.mjs ws://127.0.0.1:8081/v1/ops TOKEN flag-day-2018/st-louis-mo [QUEUE-FILE]
import { Client, FileQueue } from 'marchwire';

const [url, token, march, file = 'marshal_bot.queue'] = process.argv.slice(2);
const client = new Client({ url, token, queue: new FileQueue(file), name: 'marshal-bot/1.0' });
const feed = `marshal/${march}`;
const answered = new Set();

async function say(what, body) {
  const { kept, reply } = client.command(march, body);
  const { durable } = await kept;
  console.log(`${what}${durable ? '' : ' (not kept)'}`);
  const { error } = await reply;
  if (error) console.log(`${what}: ${error.message}`);
}

/** The person of this bot is asked, and has not answered yet. */
function answerOrders(state) {
  for (const order of state.orders) {
    const receipt = order.receipts?.states[0];
    const isAsked = receipt === 'RECEIPT_QUEUED' || receipt === 'RECEIPT_DELIVERED' || receipt === 'RECEIPT_SEEN';
    if (!isAsked || answered.has(order.number)) continue;
    answered.add(order.number);
    const body = order.kind === 'ORDER_ROLL_CALL'
      ? { answerRollCall: { order: order.number, headcount: 1 } }
      : { acknowledge: { order: order.number } };
    void say(`order ${order.number} "${order.text}"`, body);
  }
}

let dueAtMs = -1;
function checkIn({ self }) {
  const isFirst = self.duty === 'CONFIRMED' || self.duty === 'INVITED';
  const isDue = self.dueAtMs !== 0 && self.dueAtMs !== dueAtMs && client.serverTime() > self.dueAtMs - 60_000;
  if (!isFirst && !isDue) return;
  dueAtMs = self.dueAtMs;
  void say('check-in', { checkIn: { report: 'ON_POST', batteryPercent: 100 } });
}

client.subscribe(feed);
client.connect();
setInterval(() => client.state(feed)?.self && checkIn(client.state(feed)), 5_000).unref();
for await (const event of client.events()) {
  if (event.kind === 'state') console.log(event.state, event.reason ?? '');
  if (event.kind === 'fault') console.log(event.fault, event.message);
  if (event.kind === 'refused') console.log(event.feed, event.error.message);
  const state = client.state(feed);
  if (!state?.self || (event.kind !== 'snapshot' && event.kind !== 'item')) continue;
  answerOrders(state);
  if (event.kind === 'snapshot') checkIn(state);
}
