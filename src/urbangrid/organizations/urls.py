"""Addresses of signing in."""

from __future__ import annotations

from django.urls import path

from urbangrid.organizations import views

app_name = "people"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/demonstration/", views.demonstrate, name="demonstrate"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("posts/", views.posts, name="posts"),
    path("password/", views.password, name="password"),
]
