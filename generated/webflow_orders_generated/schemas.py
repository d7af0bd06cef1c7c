# @generated from openapi.yaml. Do not edit; run `make generate`.
"""Strict models of every schema."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import (
    MISSING,
    AwareDatetime,
    BaseModel,
    Field,
    RootModel,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
)


class Address(BaseModel):
    """
    A postal address. Free text, all of it.
    """

    type: AddressType | MISSING = MISSING
    japan_type: Annotated[
        JapanType | None | MISSING,
        Field(alias="japanType", description="How an address in Japan is written; absent or null elsewhere."),
    ] = MISSING
    addressee: Annotated[StrictStr | MISSING, Field(description="Who receives it.")] = MISSING
    line1: Annotated[StrictStr | MISSING, Field(description="The first line.")] = MISSING
    line2: Annotated[StrictStr | MISSING, Field(description="The second line; empty when there is none.")] = (
        MISSING
    )
    city: Annotated[StrictStr | MISSING, Field(description="The city.")] = MISSING
    state: Annotated[StrictStr | MISSING, Field(description="The state or province; free text.")] = MISSING
    country: Annotated[
        StrictStr | MISSING,
        Field(description="The country; ISO 3166-1 alpha-2 in every sample.", examples=["US"]),
    ] = MISSING
    postal_code: Annotated[
        StrictStr | StrictInt | MISSING,
        Field(alias="postalCode", description="The postcode.", examples=["90012"]),
    ] = MISSING


class AddressType(StrEnum):
    """
    What the address is for.
    """

    SHIPPING = "shipping"
    BILLING = "billing"


class CardBrand(StrEnum):
    """
    Stripe's words for who issued a card, as far as they are known.
    """

    VISA = "Visa"
    AMERICAN_EXPRESS = "American Express"
    MASTER_CARD = "MasterCard"
    DISCOVER = "Discover"
    JCB = "JCB"
    DINERS_CLUB = "Diners Club"
    UNION_PAY = "UnionPay"
    CARTES_BANCAIRES = "Cartes Bancaires"
    UNKNOWN = "Unknown"


class CardExpiry(BaseModel):
    """
    When a card expires.
    """

    year: Annotated[StrictInt | MISSING, Field(description="Four digits.")] = MISSING
    month: Annotated[StrictInt | MISSING, Field(description="1 to 12.")] = MISSING


class CreateWebhookRequest(BaseModel):
    """
    What to post, and where.
    """

    trigger_type: Annotated[OrderTrigger, Field(alias="triggerType")]
    url: Annotated[
        StrictStr,
        Field(
            description="Where to post, an absolute address in ASCII.",
            pattern='^https?://([0-9A-Za-z._~%!$&*+,;=:-]+@)?[0-9A-Za-z][0-9A-Za-z._-]*(:[0-9]{1,5})?([/?][!"$-~]*)?$',
        ),
    ]


class CustomDataItem(BaseModel):
    """
    An additional input of the checkout form; `name`, and what was entered under one of the other three.
    """

    name: Annotated[StrictStr | MISSING, Field(description="The input's label.")] = MISSING
    text_input: Annotated[StrictStr | MISSING, Field(alias="textInput", description="A line of text.")] = (
        MISSING
    )
    text_area: Annotated[
        StrictStr | MISSING, Field(alias="textArea", description="Several lines of text.")
    ] = MISSING
    checkbox: Annotated[StrictBool | MISSING, Field(description="Whether it was ticked.")] = MISSING


class CustomerInfo(BaseModel):
    """
    Who ordered.
    """

    full_name: Annotated[StrictStr | MISSING, Field(alias="fullName", description="The customer's name.")] = (
        MISSING
    )
    email: Annotated[StrictStr | MISSING, Field(description="The customer's e-mail address.")] = MISSING


class DisputeStatus(StrEnum):
    """
    Stripe's words for how a dispute stands, as far as they are known.
    """

    WARNING_NEEDS_RESPONSE = "warning_needs_response"
    WARNING_UNDER_REVIEW = "warning_under_review"
    WARNING_CLOSED = "warning_closed"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    CHARGE_REFUNDED = "charge_refunded"
    WON = "won"
    LOST = "lost"
    PREVENTED = "prevented"


class DownloadFile(BaseModel):
    """
    A file that was bought.
    """

    id: Annotated[StrictStr | MISSING, Field(description="The file, 24 hexadecimal digits.")] = MISSING
    name: Annotated[StrictStr | MISSING, Field(description="Its name.")] = MISSING
    url: Annotated[StrictStr | MISSING, Field(description="Where it is downloaded.")] = MISSING


class Error(BaseModel):
    """
    What went wrong.
    """

    code: Annotated[
        StrictStr, Field(description="Webflow's word for it. An open set; these are the published ones.")
    ]
    message: Annotated[StrictStr, Field(description="A sentence.")]
    external_reference: Annotated[
        StrictStr | None | MISSING, Field(alias="externalReference", description="A link to more.")
    ] = MISSING
    details: Annotated[
        list[StrictStr | ErrorDetail] | MISSING, Field(description="What in particular; often empty.")
    ] = MISSING


class ErrorDetail(BaseModel):
    """
    What is wrong with one field.
    """

    field: Annotated[StrictStr | MISSING, Field(description="The field.")] = MISSING
    message: Annotated[StrictStr | MISSING, Field(description="What is wrong with it.")] = MISSING


class ErrorV1(BaseModel):
    """
    What went wrong, in the v1 shape.
    """

    msg: Annotated[StrictStr, Field(description="A sentence.")]
    code: Annotated[StrictInt, Field(description="The HTTP status again.")]
    name: Annotated[
        StrictStr | MISSING,
        Field(description="What kind of error. An open set; these are the published ones."),
    ] = MISSING
    path: Annotated[StrictStr | MISSING, Field(description="The path of the request.")] = MISSING
    err: Annotated[StrictStr | MISSING, Field(description="Name and sentence.")] = MISSING
    problems: Annotated[
        list[StrictStr] | MISSING, Field(description="What in particular; with a ValidationError.")
    ] = MISSING


class Extra(BaseModel):
    """
    A tax, a shipping charge or a discount.
    """

    type: ExtraType | MISSING = MISSING
    name: Annotated[
        StrictStr | MISSING,
        Field(description="What it is, in English; a discount's code stands in parentheses."),
    ] = MISSING
    description: Annotated[StrictStr | MISSING, Field(description="More about it; often empty.")] = MISSING
    price: Annotated[Price | MISSING, Field(description="How much; negative for a discount.")] = MISSING


class ExtraType(StrEnum):
    """
    What kind of extra it is.
    """

    DISCOUNT = "discount"
    DISCOUNT_SHIPPING = "discount-shipping"
    SHIPPING = "shipping"
    TAX = "tax"


class FulfillOrderRequest(BaseModel):
    """
    How to fulfill.
    """

    send_order_fulfilled_email: Annotated[
        StrictBool, Field(alias="sendOrderFulfilledEmail", description="Whether Webflow tells the customer.")
    ] = False


class ImageFile(BaseModel):
    """
    A picture's file.
    """

    size: Annotated[StrictFloat | MISSING, Field(description="In bytes.")] = MISSING
    original_file_name: Annotated[
        StrictStr | MISSING, Field(alias="originalFileName", description="The name it was uploaded under.")
    ] = MISSING
    created_on: Annotated[
        AwareDatetime | MISSING, Field(alias="createdOn", description="When it was uploaded.")
    ] = MISSING
    content_type: Annotated[
        StrictStr | MISSING,
        Field(alias="contentType", description="Its media type.", examples=["image/jpeg"]),
    ] = MISSING
    width: Annotated[StrictInt | MISSING, Field(description="In pixels.")] = MISSING
    height: Annotated[StrictInt | MISSING, Field(description="In pixels.")] = MISSING
    variants: Annotated[
        list[ImageFileVariant] | MISSING, Field(description="The same picture in other sizes.")
    ] = MISSING


class ImageFileVariant(BaseModel):
    """
    A picture in another size.
    """

    url: Annotated[StrictStr | MISSING, Field(description="Where it is.")] = MISSING
    original_file_name: Annotated[
        StrictStr | MISSING, Field(alias="originalFileName", description="The name it was uploaded under.")
    ] = MISSING
    size: Annotated[StrictFloat | MISSING, Field(description="In bytes.")] = MISSING
    width: Annotated[StrictInt | MISSING, Field(description="In pixels.")] = MISSING
    height: Annotated[StrictInt | MISSING, Field(description="In pixels.")] = MISSING


class JapanType(StrEnum):
    """
    The script of a Japanese address.
    """

    KANA = "kana"
    KANJI = "kanji"


class NewOrderEvent(BaseModel):
    """
    The body of ecomm_new_order.
    """

    trigger_type: Annotated[TriggerType, Field(alias="triggerType", description="Which event it is.")]
    payload: Order


class Order(BaseModel):
    """
    An order. Only its id and status are sure to be there; the lists below say what else was seen, or missed.
    """

    order_id: Annotated[
        StrictStr,
        Field(
            alias="orderId",
            description="Two groups of three hexadecimal digits, or three in a shop with very many orders. Random.",
            examples=["dfa-3f1"],
        ),
    ]
    status: OrderStatus
    comment: Annotated[
        StrictStr | None | MISSING,
        Field(description="A note of the API user. Webflow does not use it. Empty when unset."),
    ] = MISSING
    order_comment: Annotated[
        StrictStr | None | MISSING,
        Field(alias="orderComment", description="What the customer wrote while ordering. Empty when unset."),
    ] = MISSING
    accepted_on: Annotated[
        AwareDatetime | None | MISSING, Field(alias="acceptedOn", description="When the order was placed.")
    ] = MISSING
    fulfilled_on: Annotated[
        AwareDatetime | None | MISSING,
        Field(alias="fulfilledOn", description="When the order was fulfilled; null while it is not."),
    ] = MISSING
    refunded_on: Annotated[
        AwareDatetime | None | MISSING,
        Field(alias="refundedOn", description="When the order was refunded; null while it is not."),
    ] = MISSING
    disputed_on: Annotated[
        AwareDatetime | None | MISSING,
        Field(alias="disputedOn", description="When the customer disputed the payment; null if never."),
    ] = MISSING
    dispute_updated_on: Annotated[
        AwareDatetime | None | MISSING,
        Field(alias="disputeUpdatedOn", description="When the dispute last changed; null if there is none."),
    ] = MISSING
    dispute_last_status: Annotated[
        DisputeStatus | StrictStr | None | MISSING,
        Field(
            alias="disputeLastStatus",
            description="How the dispute stands; null if there is none. An open list.",
        ),
    ] = MISSING
    customer_paid: Annotated[
        Price | MISSING, Field(alias="customerPaid", description="What the customer paid.")
    ] = MISSING
    net_amount: Annotated[
        Price | MISSING, Field(alias="netAmount", description="What is left after the fees.")
    ] = MISSING
    application_fee: Annotated[
        Price | MISSING,
        Field(alias="applicationFee", description="What Webflow keeps. Its `string` is often missing."),
    ] = MISSING
    all_addresses: Annotated[
        list[Address] | MISSING, Field(alias="allAddresses", description="Every address the customer gave.")
    ] = MISSING
    shipping_address: Annotated[
        Address | None | MISSING, Field(alias="shippingAddress", description="Where the order goes.")
    ] = MISSING
    billing_address: Annotated[
        Address | None | MISSING, Field(alias="billingAddress", description="Who pays.")
    ] = MISSING
    shipping_provider: Annotated[
        StrictStr | None | MISSING,
        Field(alias="shippingProvider", description="A note of the API user; who carries the parcel."),
    ] = MISSING
    shipping_tracking: Annotated[
        StrictStr | None | MISSING,
        Field(alias="shippingTracking", description="A note of the API user; the tracking number."),
    ] = MISSING
    shipping_tracking_url: Annotated[
        StrictStr | None | MISSING,
        Field(
            alias="shippingTrackingURL",
            description="A note of the API user; where the parcel can be tracked.",
        ),
    ] = MISSING
    customer_info: Annotated[
        CustomerInfo | None | MISSING, Field(alias="customerInfo", description="Who ordered.")
    ] = MISSING
    purchased_items: Annotated[
        list[PurchasedItem] | MISSING, Field(alias="purchasedItems", description="What was bought.")
    ] = MISSING
    purchased_items_count: Annotated[
        StrictInt | MISSING, Field(alias="purchasedItemsCount", description="The sum of the items' `count`.")
    ] = MISSING
    stripe_details: Annotated[StripeDetails | MISSING, Field(alias="stripeDetails")] = MISSING
    stripe_card: Annotated[
        StripeCard | None | MISSING,
        Field(alias="stripeCard", description="The card, if Stripe took the payment."),
    ] = MISSING
    paypal_details: Annotated[
        PaypalDetails | None | MISSING,
        Field(alias="paypalDetails", description="The payment at PayPal, if there is one."),
    ] = MISSING
    custom_data: Annotated[
        list[CustomDataItem] | MISSING,
        Field(
            alias="customData",
            description="What the customer entered in additional inputs of the checkout form.",
        ),
    ] = MISSING
    metadata: OrderMetadata | MISSING = MISSING
    is_customer_deleted: Annotated[
        StrictBool | MISSING,
        Field(alias="isCustomerDeleted", description="Whether the customer's account was deleted."),
    ] = MISSING
    is_shipping_required: Annotated[
        StrictBool | MISSING,
        Field(alias="isShippingRequired", description="Whether something of it must be shipped."),
    ] = MISSING
    has_downloads: Annotated[
        StrictBool | MISSING,
        Field(alias="hasDownloads", description="Whether something of it is downloaded."),
    ] = MISSING
    payment_processor: Annotated[
        StrictStr | None | MISSING,
        Field(alias="paymentProcessor", description="Who took the payment, such as stripe."),
    ] = MISSING
    totals: Totals | MISSING = MISSING
    download_files: Annotated[
        list[DownloadFile],
        Field(alias="downloadFiles", description="What can be downloaded.", validate_default=True),
    ] = []
    requires_shipping: Annotated[
        StrictBool | MISSING,
        Field(alias="requiresShipping", description="The v1 name of `isShippingRequired`."),
    ] = MISSING


class OrderChangedEvent(BaseModel):
    """
    The body of ecomm_order_changed.
    """

    trigger_type: Annotated[TriggerType1, Field(alias="triggerType", description="Which event it is.")]
    payload: Order


class OrderList(BaseModel):
    """
    One page of orders.
    """

    orders: Annotated[list[Order], Field(description="The orders of this page.")]
    pagination: Pagination


class OrderMetadata(BaseModel):
    """
    Facts about how the order came about.
    """

    is_buy_now: Annotated[
        StrictBool | MISSING,
        Field(alias="isBuyNow", description="Whether it was bought with one click, past the cart."),
    ] = MISSING
    buy_now: Annotated[
        StrictBool | MISSING, Field(alias="buyNow", description="The v1 name of `isBuyNow`.")
    ] = MISSING
    has_downloads: Annotated[
        StrictBool | MISSING, Field(alias="hasDownloads", description="As at the top of the order.")
    ] = MISSING
    payment_processor: Annotated[
        StrictStr | None | MISSING, Field(alias="paymentProcessor", description="As at the top of the order.")
    ] = MISSING


class OrderStatus(StrEnum):
    """
    Where the order stands. `pending` waits for its payment.
    """

    PENDING = "pending"
    UNFULFILLED = "unfulfilled"
    FULFILLED = "fulfilled"
    DISPUTED = "disputed"
    DISPUTE_LOST = "dispute-lost"
    REFUNDED = "refunded"


class OrderTrigger(StrEnum):
    """
    What a webhook of orders is about.
    """

    ECOMM_NEW_ORDER = "ecomm_new_order"
    ECOMM_ORDER_CHANGED = "ecomm_order_changed"


class OrderV1(BaseModel):
    """
    An order in the v1 shape. Only its id and status are sure to be there.
    """

    order_id: Annotated[
        StrictStr,
        Field(
            alias="orderId",
            description="Two groups of three hexadecimal digits, or three in a shop with very many orders. Random.",
            examples=["dfa-3f1"],
        ),
    ]
    status: OrderStatus
    comment: Annotated[
        StrictStr | None | MISSING,
        Field(description="A note of the API user. Webflow does not use it. Empty when unset."),
    ] = MISSING
    order_comment: Annotated[
        StrictStr | None | MISSING,
        Field(alias="orderComment", description="What the customer wrote while ordering. Empty when unset."),
    ] = MISSING
    accepted_on: Annotated[
        AwareDatetime | None | MISSING, Field(alias="acceptedOn", description="When the order was placed.")
    ] = MISSING
    disputed_on: Annotated[
        AwareDatetime | None | MISSING,
        Field(alias="disputedOn", description="When the customer disputed the payment; null if never."),
    ] = MISSING
    dispute_updated_on: Annotated[
        StrictStr | None | MISSING,
        Field(
            alias="disputeUpdatedOn",
            description="When the dispute last changed, as an ISO 8601 timestamp; null if there is none.",
        ),
    ] = MISSING
    dispute_last_status: Annotated[
        StrictStr | None | MISSING,
        Field(
            alias="disputeLastStatus",
            description="How the dispute stands; null if there is none. Here the words are not listed.",
        ),
    ] = MISSING
    fulfilled_on: Annotated[
        AwareDatetime | None | MISSING,
        Field(alias="fulfilledOn", description="When the order was fulfilled; null while it is not."),
    ] = MISSING
    refunded_on: Annotated[
        AwareDatetime | None | MISSING,
        Field(alias="refundedOn", description="When the order was refunded; null while it is not."),
    ] = MISSING
    customer_paid: Annotated[
        Price | MISSING, Field(alias="customerPaid", description="What the customer paid.")
    ] = MISSING
    net_amount: Annotated[
        Price | MISSING, Field(alias="netAmount", description="What the shop receives after all fees.")
    ] = MISSING
    requires_shipping: Annotated[
        StrictBool | MISSING,
        Field(alias="requiresShipping", description="Whether something of it must be shipped."),
    ] = MISSING
    shipping_provider: Annotated[
        StrictStr | None | MISSING,
        Field(alias="shippingProvider", description="A note of the API user; who carries the parcel."),
    ] = MISSING
    shipping_tracking: Annotated[
        StrictStr | None | MISSING,
        Field(alias="shippingTracking", description="A note of the API user; the tracking number."),
    ] = MISSING
    customer_info: Annotated[
        CustomerInfo | None | MISSING, Field(alias="customerInfo", description="Who ordered.")
    ] = MISSING
    all_addresses: Annotated[
        list[Address] | MISSING, Field(alias="allAddresses", description="Every address the customer gave.")
    ] = MISSING
    shipping_address: Annotated[
        Address | None | MISSING, Field(alias="shippingAddress", description="Where the order goes.")
    ] = MISSING
    billing_address: Annotated[
        Address | None | MISSING, Field(alias="billingAddress", description="Who pays.")
    ] = MISSING
    purchased_items: Annotated[
        list[PurchasedItem] | MISSING, Field(alias="purchasedItems", description="What was bought.")
    ] = MISSING
    purchased_items_count: Annotated[
        StrictInt | MISSING, Field(alias="purchasedItemsCount", description="The sum of the items' `count`.")
    ] = MISSING
    stripe_details: Annotated[StripeDetails | MISSING, Field(alias="stripeDetails")] = MISSING
    stripe_card: Annotated[
        StripeCard | None | MISSING,
        Field(alias="stripeCard", description="The card, if Stripe took the payment."),
    ] = MISSING
    totals: Totals | MISSING = MISSING
    custom_data: Annotated[
        list[CustomDataItem] | MISSING,
        Field(
            alias="customData",
            description="What the customer entered in additional inputs of the checkout form.",
        ),
    ] = MISSING
    download_files: Annotated[
        list[DownloadFile] | MISSING, Field(alias="downloadFiles", description="What can be downloaded.")
    ] = MISSING
    shipping_tracking_url: Annotated[
        StrictStr | None | MISSING,
        Field(
            alias="shippingTrackingURL",
            description="A note of the API user; where the parcel can be tracked.",
        ),
    ] = MISSING
    application_fee: Annotated[
        Price | MISSING, Field(alias="applicationFee", description="What Webflow keeps.")
    ] = MISSING
    paypal_details: Annotated[
        PaypalDetails | None | MISSING,
        Field(alias="paypalDetails", description="The payment at PayPal, if there is one."),
    ] = MISSING
    has_downloads: Annotated[
        StrictBool | MISSING,
        Field(alias="hasDownloads", description="Whether something of it is downloaded."),
    ] = MISSING
    metadata: OrderMetadata | MISSING = MISSING
    payment_processor: Annotated[
        StrictStr | None | MISSING,
        Field(alias="paymentProcessor", description="Who took the payment, such as stripe."),
    ] = MISSING


class Pagination(BaseModel):
    """
    Which part of the list this page is.
    """

    limit: Annotated[StrictInt, Field(description="The page size asked for.")]
    offset: Annotated[StrictInt, Field(description="How many orders were skipped.")]
    total: Annotated[StrictInt, Field(description="How many orders there are in all.")]


class PaypalDetails(BaseModel):
    """
    The ids under which PayPal keeps the payment.
    """

    order_id: Annotated[
        StrictStr | None | MISSING, Field(alias="orderId", description="The order at PayPal.")
    ] = MISSING
    payer_id: Annotated[StrictStr | None | MISSING, Field(alias="payerId", description="Who paid.")] = MISSING
    capture_id: Annotated[
        StrictStr | None | MISSING, Field(alias="captureId", description="The capture.")
    ] = MISSING
    refund_id: Annotated[StrictStr | None | MISSING, Field(alias="refundId", description="The refund.")] = (
        MISSING
    )
    refund_reason: Annotated[
        StrictStr | None | MISSING, Field(alias="refundReason", description="Why it was refunded.")
    ] = MISSING
    dispute_id: Annotated[
        StrictStr | None | MISSING, Field(alias="disputeId", description="The dispute.")
    ] = MISSING


class Price(BaseModel):
    """
    An amount of money.
    """

    unit: Annotated[
        StrictStr | MISSING,
        Field(description="The currency, an ISO 4217 code in capitals.", examples=["USD"]),
    ] = MISSING
    value: Annotated[
        StrictInt | Value | MISSING,
        Field(
            description="The amount in the smallest unit of the currency, such as cents; negative for discounts. Whether a yen counts as one or as a hundredth is not known.",
            examples=[5892, "5892"],
        ),
    ] = MISSING
    string: Annotated[
        StrictStr | MISSING,
        Field(
            description="The amount as the shop displays it. For people; it cannot be parsed.",
            examples=["$58.92"],
        ),
    ] = MISSING


class PurchasedItem(BaseModel):
    """
    A product variant, and how many of it were bought.
    """

    count: Annotated[StrictInt | MISSING, Field(description="How many.")] = MISSING
    row_total: Annotated[Price | MISSING, Field(alias="rowTotal", description="Count times price.")] = MISSING
    product_id: Annotated[
        StrictStr | MISSING,
        Field(alias="productId", description="The product, 24 hexadecimal digits.", pattern="^[0-9a-f]{24}$"),
    ] = MISSING
    product_name: Annotated[
        StrictStr | MISSING, Field(alias="productName", description="The product's name.")
    ] = MISSING
    product_slug: Annotated[
        StrictStr | MISSING, Field(alias="productSlug", description="The product's name in URLs.")
    ] = MISSING
    variant_id: Annotated[
        StrictStr | MISSING, Field(alias="variantId", description="The variant, 24 hexadecimal digits.")
    ] = MISSING
    variant_name: Annotated[
        StrictStr | MISSING,
        Field(alias="variantName", description="The variant's name; often carries its options."),
    ] = MISSING
    variant_slug: Annotated[
        StrictStr | MISSING, Field(alias="variantSlug", description="The variant's name in URLs.")
    ] = MISSING
    variant_sku: Annotated[
        StrictStr | None | MISSING, Field(alias="variantSKU", description="The shop's own number for it.")
    ] = MISSING
    variant_image: Annotated[
        VariantImage | None | MISSING, Field(alias="variantImage", description="Its picture.")
    ] = MISSING
    variant_price: Annotated[
        Price | MISSING, Field(alias="variantPrice", description="The price of one.")
    ] = MISSING
    weight: Annotated[StrictFloat | None, Field(description="Its weight; 0 or null when unset.")] = None
    width: Annotated[StrictFloat | None, Field(description="Its width; 0 or null when unset.")] = None
    height: Annotated[StrictFloat | None, Field(description="Its height; 0 or null when unset.")] = None
    length: Annotated[StrictFloat | None, Field(description="Its length; 0 or null when unset.")] = None


class RefundOrderRequest(BaseModel):
    """
    How to refund.
    """

    reason: RefundReason | MISSING = MISSING


class RefundReason(StrEnum):
    """
    Why. The order then shows it in Stripe's words, `requested` as requested_by_customer.
    """

    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"
    REQUESTED = "requested"


class StripeCard(BaseModel):
    """
    The card that paid.
    """

    last4: Annotated[
        StrictStr | MISSING,
        Field(description="Its last four digits; leading zeros count.", examples=["4242"]),
    ] = MISSING
    brand: Annotated[
        CardBrand | StrictStr | MISSING, Field(description="Who issued the card. An open list.")
    ] = MISSING
    owner_name: Annotated[StrictStr | MISSING, Field(alias="ownerName", description="Whose it is.")] = MISSING
    expires: CardExpiry | MISSING = MISSING


class StripeDetails(BaseModel):
    """
    The ids under which Stripe keeps the payment. All null in an order that Stripe has no part in.
    """

    subscription_id: Annotated[
        StrictStr | None | MISSING, Field(alias="subscriptionId", description="The subscription, sub_….")
    ] = MISSING
    payment_method: Annotated[
        StrictStr | None | MISSING, Field(alias="paymentMethod", description="The payment method, pm_….")
    ] = MISSING
    payment_intent_id: Annotated[
        StrictStr | None | MISSING, Field(alias="paymentIntentId", description="The payment intent, pi_….")
    ] = MISSING
    customer_id: Annotated[
        StrictStr | None | MISSING, Field(alias="customerId", description="The customer, cus_….")
    ] = MISSING
    charge_id: Annotated[
        StrictStr | None | MISSING, Field(alias="chargeId", description="The charge, ch_….")
    ] = MISSING
    dispute_id: Annotated[
        StrictStr | None | MISSING, Field(alias="disputeId", description="The dispute.")
    ] = MISSING
    refund_id: Annotated[
        StrictStr | None | MISSING, Field(alias="refundId", description="The refund, re_….")
    ] = MISSING
    refund_reason: Annotated[
        StrictStr | None | MISSING,
        Field(
            alias="refundReason",
            description="Why it was refunded, in Stripe's words; not the words a refund is asked for with.",
            examples=["requested_by_customer"],
        ),
    ] = MISSING


class Totals(BaseModel):
    """
    How the price came about. Its total need not equal what the customer paid.
    """

    subtotal: Annotated[Price | MISSING, Field(description="The sum of the items.")] = MISSING
    extras: Annotated[list[Extra] | MISSING, Field(description="Taxes, shipping and discounts.")] = MISSING
    total: Annotated[Price | MISSING, Field(description="The subtotal and the extras.")] = MISSING


class TriggerType(StrEnum):
    """
    Which event it is.
    """

    ECOMM_NEW_ORDER = "ecomm_new_order"


class TriggerType1(StrEnum):
    """
    Which event it is.
    """

    ECOMM_ORDER_CHANGED = "ecomm_order_changed"


class UpdateOrderRequest(BaseModel):
    """
    The notes to change. Whether null or an empty string clears a note is not known.
    """

    comment: Annotated[StrictStr | MISSING, Field(description="Anything.")] = MISSING
    shipping_provider: Annotated[
        StrictStr | MISSING, Field(alias="shippingProvider", description="Who carries the parcel.")
    ] = MISSING
    shipping_tracking: Annotated[
        StrictStr | MISSING, Field(alias="shippingTracking", description="The tracking number.")
    ] = MISSING
    shipping_tracking_url: Annotated[
        StrictStr | MISSING,
        Field(alias="shippingTrackingURL", description="Where the parcel can be tracked."),
    ] = MISSING


class Value(RootModel[StrictStr]):
    root: Annotated[
        StrictStr,
        Field(
            description="The amount in the smallest unit of the currency, such as cents; negative for discounts. Whether a yen counts as one or as a hundredth is not known.",
            examples=[5892, "5892"],
            pattern="^-?[0-9]+$",
        ),
    ]


class VariantImage(BaseModel):
    """
    The picture of a variant.
    """

    url: Annotated[StrictStr | MISSING, Field(description="Where it is.")] = MISSING
    file: Annotated[ImageFile | None | MISSING, Field(description="The file behind it.")] = MISSING
    file_id: Annotated[
        StrictStr | None | MISSING, Field(alias="fileId", description="The file, 24 hexadecimal digits.")
    ] = MISSING
    alt: Annotated[StrictStr | None | MISSING, Field(description="The alternative text.")] = MISSING


class Webhook(BaseModel):
    """
    An address that Webflow posts one kind of event to.
    """

    id: Annotated[
        StrictStr, Field(description="The webhook, 24 hexadecimal digits.", pattern="^[0-9a-f]{24}$")
    ]
    trigger_type: Annotated[
        WebhookTrigger | StrictStr,
        Field(alias="triggerType", description="What it is posted about. An open list."),
    ]
    url: Annotated[StrictStr, Field(description="Where it is posted.")]
    workspace_id: Annotated[
        StrictStr | MISSING,
        Field(
            alias="workspaceId", description="The workspace that the site belongs to, 24 hexadecimal digits."
        ),
    ] = MISSING
    site_id: Annotated[
        StrictStr | MISSING, Field(alias="siteId", description="The site, 24 hexadecimal digits.")
    ] = MISSING
    filter: Annotated[
        WebhookFilter | None | MISSING, Field(description="Which form it is about, if it is about forms.")
    ] = MISSING
    last_triggered: Annotated[
        AwareDatetime | None | MISSING,
        Field(
            alias="lastTriggered",
            description="When something was posted last; null or absent before the first time.",
        ),
    ] = MISSING
    created_on: Annotated[
        AwareDatetime | MISSING, Field(alias="createdOn", description="When it was made.")
    ] = MISSING
    secret_key: Annotated[
        StrictStr | MISSING,
        Field(
            alias="secretKey",
            description="What its deliveries are signed with, 64 hexadecimal digits; of a webhook that a site token made. In the answer to the request that made it, and in no other.",
        ),
    ] = MISSING


class WebhookFilter(BaseModel):
    """
    Which form a webhook is about.
    """

    name: Annotated[StrictStr | MISSING, Field(description="The form's name.")] = MISSING


class WebhookList(BaseModel):
    """
    The webhooks of a site.
    """

    webhooks: Annotated[list[Webhook], Field(description="The webhooks.")]
    pagination: Pagination | MISSING = MISSING


class WebhookTrigger(StrEnum):
    """
    What a webhook can be about, as far as it is known.
    """

    FORM_SUBMISSION = "form_submission"
    SITE_PUBLISH = "site_publish"
    PAGE_CREATED = "page_created"
    PAGE_METADATA_UPDATED = "page_metadata_updated"
    PAGE_DELETED = "page_deleted"
    ECOMM_NEW_ORDER = "ecomm_new_order"
    ECOMM_ORDER_CHANGED = "ecomm_order_changed"
    ECOMM_INVENTORY_CHANGED = "ecomm_inventory_changed"
    COLLECTION_ITEM_CREATED = "collection_item_created"
    COLLECTION_ITEM_CHANGED = "collection_item_changed"
    COLLECTION_ITEM_DELETED = "collection_item_deleted"
    COLLECTION_ITEM_PUBLISHED = "collection_item_published"
    COLLECTION_ITEM_UNPUBLISHED = "collection_item_unpublished"
    COMMENT_CREATED = "comment_created"
