import { Reflector } from '@nestjs/core';

/** Where `@Webhook()` leaves its mark. */
export const WEBHOOK = Reflector.createDecorator<boolean>();

/**
 * Keeps the body of a route as the bytes that came, which is what its sender signed: `@Body()` is a `Buffer`. The service
 * refuses to start where nobody keeps them. Does not check the signature, and does not open the route: that is `@Public()`.
 *
 * @example
 * ```ts
 * @Public()
 * @Webhook()
 * @Post('webhooks/billing')
 * receive(@Body() body: Buffer, @Headers('billing-signature') signature: string) {}
 * ```
 */
export const Webhook = (): ReturnType<typeof WEBHOOK> => WEBHOOK(true);
