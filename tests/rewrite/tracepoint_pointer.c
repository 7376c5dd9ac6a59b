tracepoint:skb:kfree_skb {
	struct sk_buff *skb = (struct sk_buff *)args->skbaddr;

	@[skb->len, ((struct sk_buff *)args->skbaddr)->protocol]++;
}
