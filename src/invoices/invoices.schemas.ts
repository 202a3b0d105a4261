import { z } from 'zod';

export const newInvoice = z
  .strictObject({ customer: z.string().trim().min(1).max(200), amountCents: z.int32().positive() })
  .meta({ id: 'NewInvoice' });

export type NewInvoice = z.infer<typeof newInvoice>;

export const invoice = newInvoice.extend({ id: z.string(), createdAt: z.date() }).meta({ id: 'Invoice' });
