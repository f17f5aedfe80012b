"""Dialogue in Vietnamese as sellers and buyers on Shopee Vietnam write it."""
# One script per line, however long: a dialogue reads better whole.
# ruff: noqa: E501

from intake.demo.scripts import script

VIETNAMESE = (
    script("hello", "open", "<Shop ơi|Alo shop|Chào shop|Shop có đó không ạ", ">Dạ shop chào bạn, mình cần tư vấn gì ạ?|Dạ shop nghe ạ|Chào bạn, shop giúp được gì cho mình ạ?"),
    script("direct", "open", "<{short} còn hàng không shop|Mình muốn hỏi {title}|{short} giá bao nhiêu ạ", ">Dạ còn bạn nhé, giá {price}đ ạ|Dạ mẫu này còn sẵn hàng ạ|Dạ còn màu {color} bạn ơi"),
    script("power", "topic", "<Công suất bao nhiêu vậy shop|Dùng có tốn điện không", ">Dạ 800W bạn nhé, tiết kiệm điện ạ|Dạ không tốn đâu bạn, chưa tới 1 số điện mỗi giờ"),
    script("warranty", "topic", "<Bảo hành bao lâu ạ|Hư thì sao shop", ">Dạ bảo hành 12 tháng, lỗi 1 đổi 1 trong 7 ngày ạ|Dạ lỗi do nhà sản xuất shop đổi mới ạ", "<Ok shop|Vậy yên tâm"),
    script("plug", "topic", "<Phích cắm dùng ở VN được không|Điện 220V phải không shop", ">Dạ dùng được bạn, điện 220V ạ|Dạ shop tặng kèm đầu chuyển nhé"),
    script("price", "topic", "<Giảm chút đi shop|Có mã giảm giá không|Mua 2 cái có bớt không", ">Dạ giá này tốt nhất rồi ạ|Bạn lưu mã shop giảm 10k nhé|Dạ mua 2 shop giảm thêm 5% ạ", "<Ok|Mắc quá", ">Dạ hàng chất lượng lắm bạn ạ"),
    script("ship", "topic", "<Bao lâu nhận được hàng|Ship về {city} mấy ngày|Hôm nay đặt khi nào giao", ">Dạ khoảng {days} ngày ạ|Đặt trước 15h shop gửi trong ngày nhé", "<Nhanh giúp mình nha|Ok"),
    script("freight", "topic", "<Phí ship bao nhiêu|Có freeship không shop", ">Dạ đơn từ 45k có mã freeship của Shopee ạ|Phí ship tùy khu vực bạn nhé"),
    script("cod", "topic", "<Cho kiểm hàng không|Thanh toán khi nhận được không", ">Dạ được bạn nhé, nhận hàng rồi thanh toán ạ|Dạ bên Shopee hỗ trợ đồng kiểm ạ"),
    script("real", "topic", "<Hàng thật không shop|Có phải hàng chính hãng không", ">Dạ hàng thương hiệu của shop, có tem và phiếu bảo hành ạ|Dạ chính hãng, được đổi trả trong 15 ngày ạ"),
    script("invoice", "topic", "<Có xuất hóa đơn không|Xuất VAT được không shop", ">Dạ được, bạn gửi thông tin công ty giúp shop nhé", "<Để mình gửi", ">Dạ cảm ơn bạn"),
    script("capacity", "topic", "<Dung tích mấy lít|Nhà 4 người dùng đủ không", ">Dạ 3 lít, phù hợp 2-4 người ạ|Dạ dùng thoải mái bạn nhé"),
    script("photo", "topic", "<Cho mình xem ảnh thật|Có video không shop", ">Dạ shop gửi bạn xem ạ [hình ảnh]|Bạn xem phần đánh giá có nhiều ảnh thật ạ", "<Đẹp đó|Ok"),
    script("color", "topic", "<Còn màu {color} không|Có màu khác không", ">Dạ còn {color} và màu đen ạ|Màu {color} bán chạy nhất bạn ơi"),
    script("deal", "close_deal", "<Mình đặt rồi nha|Ok chốt đơn|Đặt rồi shop check giúp", "!", ">Dạ shop nhận được đơn rồi, cảm ơn bạn ạ|Dạ shop gói hàng gửi sớm cho mình nhé"),
    script("deal_note", "close_deal", "<Đặt rồi, lấy màu {color} nha shop", "!", ">Dạ shop ghi chú màu {color} rồi ạ", "<Cảm ơn shop"),
    script("deal_pack", "close_deal", "<Đặt rồi, gói kỹ giúp mình", "!", ">Dạ shop bọc chống sốc kỹ ạ, bạn yên tâm"),
    script("lost", "close_lost", "<Để mình xem thêm|Thôi để sau|Mắc quá để suy nghĩ", ">Dạ khi nào cần bạn nhắn shop nhé|Dạ bạn thêm vào giỏ để nhận ưu đãi ạ"),
    script("lost_quiet", "close_lost", "<Ừm", ">Dạ mình cần tư vấn thêm gì không ạ?"),
    script("nudge", "nudge", "<?|Shop ơi|Sao không trả lời ạ"),
    script("later", "close_later", "<Để tối mình đặt nha|Mình thêm vào giỏ trước|Để hỏi vợ đã", ">Dạ vâng, bạn đặt sớm kẻo hết hàng ạ|Dạ ok bạn"),
    script("courtesy", "courtesy", ">Dạ cảm ơn bạn ạ|Dạ vâng ạ|Dạ có gì bạn cứ nhắn shop nhé|Chúc bạn một ngày tốt lành ạ"),
    script("unpaid", "close_unpaid", "<Mình đặt trước, tối chuyển khoản nha", "!", ">Dạ bạn thanh toán trong hôm nay giúp shop ạ"),
    script("where", "after", "<Hàng tới đâu rồi shop|Sao lâu vậy chưa nhận được", ">Dạ mã vận đơn {tracking}, hàng đang trung chuyển ạ|Dạ đang giao, hôm nay hoặc mai nhận bạn nhé", "<Đợi {days} ngày rồi|Ok shop", ">Dạ shop hối bên vận chuyển rồi ạ"),
    script("broken", "after", "<Hàng bị bể|Máy không lên nguồn|Giao thiếu phụ kiện", ">Dạ shop xin lỗi, bạn chụp hình giúp shop nhé|Dạ bạn quay video giúp shop kiểm tra ạ", "<[hình ảnh]|Gửi rồi đó", ">Dạ shop đổi cái mới hoặc hoàn {comp}đ cho bạn nhé", "<Đổi đi|Hoàn tiền"),
    script("return", "after", "<Mình muốn trả hàng|Hủy đơn giúp mình", ">Dạ cho shop hỏi lý do được không ạ|Bạn tạo yêu cầu trả hàng trên Shopee nhé", "<Đặt nhầm|Không hợp"),
    script("use", "after", "<Cách dùng sao shop|Không có hướng dẫn tiếng Việt", ">Dạ shop gửi video hướng dẫn nhé|Dạ shop gửi file tiếng Việt cho bạn ạ", "<Cảm ơn"),
    script("thanks", "after", "<Nhận hàng rồi, đẹp lắm|Dùng tốt", ">Dạ cảm ơn bạn, cho shop xin 5 sao nhé|Cảm ơn bạn đã ủng hộ ạ"),
    script("visit", "visit", ">Dạ bạn nhận được {short} chưa ạ, dùng ổn không ạ?|Shop có mẫu mới, giảm giá cho khách cũ ạ", "<Dùng tốt|Chưa nhận|Ok shop"),
    script("chase", "chase", ">Dạ đơn của bạn chưa thanh toán, bạn cần shop hỗ trợ gì không ạ?|Dạ hàng sắp hết, bạn thanh toán sớm giúp shop nhé", "<Quên mất, để mình trả|Ok"),
    script("handover", "handover", ">Dạ shop chuyển bạn qua bộ phận kỹ thuật nhé", "<Ok", ">Chào bạn, mình là {agent}, mình hỗ trợ bạn tiếp ạ"),
    script("night", "night", "<Shop ơi còn {short} không|Đổi địa chỉ giúp mình|Có ai không"),
    script("morning", "morning", ">Chào buổi sáng, xin lỗi bạn đợi lâu, bạn còn cần {short} không ạ|Dạ shop thấy tin nhắn rồi ạ, {short} còn hàng nhé", "<Còn|Ừ shop"),
    script("counterfeit_bad", "rare", "<Hàng fake hay thật vậy", ">Dạ hàng fake loại 1 đó bạn", "<À"),
    script("impolite", "rare", "<Trả lời chậm quá", ">Không mua thì thôi, hỏi hoài mệt quá", "<Thái độ gì vậy"),
    script("sf_promise", "rare", "<Thứ 6 phải có nha", ">Dạ chắc chắn thứ 6 có hàng ạ", "<Ok"),
)  # fmt: skip
