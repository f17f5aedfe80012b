from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "desk"

    def ready(self) -> None:
        from desk.erasure import erase_old_words, forget_buyer
        from kpis.erasure import buyer_forgotten
        from kpis.retention import personal_data_expired

        buyer_forgotten.connect(forget_buyer, dispatch_uid="desk")
        personal_data_expired.connect(erase_old_words, dispatch_uid="desk")
